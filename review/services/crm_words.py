"""Headings and words that other programs write in their tables, in four languages, folded: no blanks, no marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HEADINGS: Final[Mapping[str, str]] = {
    "id": "id ид номер код crmid externalid 번호 아이디 编号 客户编号 序号",
    "name": (
        "name fullname contact contactname client customer имя фио контакт контактноелицо клиент "
        "полноеимя 이름 성명 고객명 고객 담당자명 姓名 客户 客户名称 联系人 客户姓名"
    ),
    "company": (
        "company companyname organisation organization account firm компания организация фирма "
        "회사 회사명 업체명 公司 公司名称 企业"
    ),
    "phones": (
        "phone phones telephone mobile phonenumber tel workphone mobilephone телефон телефоны "
        "мобильный номертелефона рабочийтелефон мобильныйтелефон телефонрабочий 전화 전화번호 "
        "휴대폰 연락처 电话 手机 手机号 电话号码 联系电话"
    ),
    "email": (
        "email mail emailaddress почта эл.почта электроннаяпочта емейл emailрабочий 이메일 메일 邮箱 电子邮件 邮件"
    ),
    "potential": "potential priority потенциал приоритет 잠재력 등급 潜力 优先级",
    "group": (
        "group clientgroup segment category группа группаклиентов сегмент категория 그룹 고객그룹 分组 客户组 类别"
    ),
    "product_group": (
        "productgroup product productline группатоваров товарнаягруппа продукт 제품군 상품군 产品组 产品"
    ),
    "note": (
        "note notes comment comments description примечание комментарий заметка описание 메모 비고 备注 说明 注释"
    ),
    "created_at": ("created createdat createdate datecreated датасоздания создан 생성일 등록일 创建时间 创建日期"),
    "client": ("clientid contactid customerid idклиента idконтакта кодклиента 고객번호 고객id 客户id 联系人id"),
    "client_phone": "clientphone contactphone customerphone телефонклиента телефонконтакта 고객전화 客户电话",
    "title": (
        "title deal dealname subject lead leadname opportunity task taskname название сделка "
        "названиесделки тема лид задача текстзадачи 제목 거래명 거래 딜 작업 할일 标题 商机 "
        "商机名称 交易名称 任务 主题"
    ),
    "stage": ("stage dealstage pipelinestage этап стадия этапсделки стадиясделки 단계 거래단계 阶段 商机阶段"),
    "stage_since": "stagesince датаэтапа вэтапес 단계시작일 阶段开始时间",
    "amount": ("amount sum value price budget revenue сумма бюджет стоимость цена 금액 예산 金额 预算 价格"),
    "currency": "currency валюта 통화 币种 货币",
    "rep": (
        "rep owner responsible salesrep manager assignedto dealowner ответственный менеджер "
        "продавец 담당자 영업사원 负责人 销售 业务员 所有者"
    ),
    "status": "status outcome result статус результат итог 상태 결과 状态 结果",
    "loss_reason": (
        "lossreason lostreason closedlostreason reason причинаотказа причина причинапроигрыша "
        "실패사유 거절사유 丢单原因 失败原因 输单原因"
    ),
    "opened_at": (
        "opened openedat openedon createdate created датасоздания создан открыта 시작일 생성일 创建时间 开始时间"
    ),
    "closed_at": ("closed closedat closedon closedate датазакрытия закрыта 종료일 마감일 关闭时间 成交日期 结束时间"),
    "deal": "dealid idсделки кодсделки 거래번호 거래id 商机id 交易id",
    "due_at": ("due dueat duedate deadline срок дедлайн срокисполнения завершитьдо 기한 마감 截止时间 到期日"),
    "done_at": ("done doneat completed completedat выполнено датавыполнения завершена 완료일 完成时间 完成日期"),
}
"""What each of our columns is called elsewhere."""
STATUSES: Final[Mapping[str, str]] = {
    "won": (
        "won closedwon success успешно успешнореализовано выиграна выиграно продано 성공 성사 완료 赢单 成交 已成交"
    ),
    "closed_lost": (
        "lost closed_lost closedlost закрытоинереализовано проиграна проиграно отказ потеряна 실패 거절 输单 丢单 失败"
    ),
    "unqualified": "unqualified junk спам нецелевой некачественный 부적격 无效",
    "open": ("open new inprogress active открыта открыто новая вработе 진행 진행중 신규 进行中 跟进中 新建"),
}
"""How a deal ended, in other words."""
POTENTIAL_WORDS: Final[Mapping[str, str]] = {
    "low": "low низкий низкая 낮음 하 低",
    "middle": "middle medium средний средняя 중간 중 中",
    "high": "high высокий высокая 높음 상 高",
}
"""A client's potential, in other words."""
